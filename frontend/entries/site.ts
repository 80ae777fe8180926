// Every page: HTMX, the small behaviours and the shared elements. Pages with more bring their own entry.
import { htmx } from "../elements/htmx-setup";
import "../elements/wave-player";
import "../elements/level-meter";
import "../elements/chat-thread";
import { startAudienceFields } from "../elements/audience-fields";
import { startBrowserZone } from "../elements/browser-zone";
import { startDialogs } from "../elements/dialogs";
import { startFaults } from "../elements/faults";
import { startFolds } from "../elements/folds";
import { startForms } from "../elements/forms";
import { startLiveLists } from "../elements/live-lists";
import { localTimes } from "../elements/local-times";
import { startMoreRows } from "../elements/more-rows";
import { startPasswordAdvice } from "../elements/password-advice";
import { startShowMore } from "../elements/show-more";
import { startThemeSwitch } from "../elements/theme-switch";
import { startToasts } from "../elements/toasts";
import { startZones } from "../elements/zone";

startThemeSwitch();
startToasts();
startFolds();
startAudienceFields();
startBrowserZone();
startDialogs();
startZones();
startForms();
startFaults();
startPasswordAdvice();
startShowMore();
startMoreRows();
startLiveLists();
localTimes(document);
htmx.onLoad((part) => {
  if (part instanceof Element) localTimes(part);
});
