// Only pages with a passkey form: the library would make every other page heavier.
import { startPasskeys } from "../elements/passkeys";

startPasskeys();
