// Plain WebRTC audio for music: stereo Opus with a high rate, 10 ms packets, no gaps in silence.

export function musicSdp(sdp: string): string {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (!opus) return sdp;
  const wanted =
    "minptime=10;stereo=1;sprop-stereo=1;maxaveragebitrate=256000;useinbandfec=1;usedtx=0";
  const lines = sdp.split(/\r\n/).filter((line) => !/^a=(ptime|maxptime):/.test(line));
  const fmtp = lines.findIndex((line) => line.startsWith(`a=fmtp:${opus} `));
  const map = lines.findIndex((line) => line.startsWith(`a=rtpmap:${opus} `));
  if (fmtp >= 0) lines[fmtp] = `a=fmtp:${opus} ${wanted}`;
  else lines.splice(map + 1, 0, `a=fmtp:${opus} ${wanted}`);
  lines.splice(map + 1, 0, "a=ptime:10", "a=maxptime:10");
  return lines.join("\r\n");
}
