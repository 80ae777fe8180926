// One certificate for all connections of a page: the code that two players compared stays the same
// when their connection is rebuilt.

let made: Promise<RTCCertificate | null> | null = null;

/** The page's certificate; null where the browser makes none by itself, and each connection has its own. */
export function pageCertificate(): Promise<RTCCertificate | null> {
  made ??= (async () => {
    try {
      return await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" } as EcKeyGenParams);
    } catch {
      return null;
    }
  })();
  return made;
}
