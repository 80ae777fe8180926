"""When each period was enforced: counts, and nobody in them."""

from privacy import datamap as dm
from privacy.datamap.models import RetentionRun

dm.not_personal(RetentionRun, "How long things are kept: the job's book", "counts")
