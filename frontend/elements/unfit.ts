// What is seen by nobody and can't be kept: NUL, other controls, halves of pairs (foundation/text.py).
const UNFIT =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const withoutUnfit = (text: string): string => text.replace(UNFIT, "");
