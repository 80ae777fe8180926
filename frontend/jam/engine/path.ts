// By which path a connection goes: the kinds of the candidates in use (RFC 8839), here and there.

/** null while there is no path. */
export async function pathOf(pc: RTCPeerConnection | null): Promise<{ local: string; remote: string } | null> {
  const report = (await pc?.getStats()) as Map<string, Record<string, string>> | undefined;
  const entries = [...(report?.values() ?? [])];
  const transport = entries.find(({ type }) => type === "transport");
  const pair =
    report?.get(transport?.["selectedCandidatePairId"] ?? "") ??
    entries.find((entry) => entry["type"] === "candidate-pair" && entry["selected"]); // Firefox
  const kind = (end: string): string => report?.get(pair?.[`${end}CandidateId`] ?? "")?.["candidateType"] ?? "";
  return pair ? { local: kind("local"), remote: kind("remote") } : null;
}
