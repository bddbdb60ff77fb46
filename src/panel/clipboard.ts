/** Copying text out of a webview, in hosts with and without the asynchronous clipboard. */

/** Resolves to whether the text is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByEvent(text);
  }
}

/** Leaves the person's selection alone: the text goes in through the copy event. */
function copyByEvent(text: string): boolean {
  let done = false;
  const allow = (event: Event) => event.preventDefault();
  const onCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    done = event.clipboardData !== null;
  };
  document.addEventListener('beforecopy', allow, { capture: true });
  document.addEventListener('copy', onCopy, { capture: true });
  const ran = document.execCommand('copy');
  document.removeEventListener('beforecopy', allow, { capture: true });
  document.removeEventListener('copy', onCopy, { capture: true });
  return ran && done;
}
