// Whether a stem lies on this machine, asked from a page (the store's own worker is the one who opens it).
export async function holdsStem(stem: string): Promise<boolean> {
  try {
    const root = await navigator.storage.getDirectory();
    const home = await root.getDirectoryHandle("stems");
    await home.getFileHandle(`${stem}.pcm`);
    return true;
  } catch {
    return false; // not there, or no private files in this browser: then nothing outlives its page
  }
}
