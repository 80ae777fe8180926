// The build of hls.js without captions and encryption has the whole one's types.
declare module "hls.js/light" {
  export { default } from "hls.js";
}
