#!/usr/bin/env python
"""Entry point of every Jamsite command; `manage.py up` starts the whole site."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jamsite.settings.development")
    execute_from_command_line(sys.argv)
