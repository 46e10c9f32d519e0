// Loads files that are part of the page.

/** @throws Error with a sentence for the user */
export async function fetchFile(address: string): Promise<Blob> {
  const answer = await fetch(address).catch(() => undefined);
  if (!answer?.ok) throw new Error(`The file ${address.split('/').at(-1)} of this page could not be loaded.`);
  return answer.blob();
}
