/** What a refused key and an unreachable platform can have as their cause, in the person's language. */
import * as vscode from 'vscode';
import type { ErrorFacts } from '../base/errors.ts';

const t = vscode.l10n.t;

export function keyWords(why: ErrorFacts['invalid-key']['why'], platform: string): string {
  switch (why) {
    case 'expired':
      return t(
        '{0} says that the key has expired. Make a new one there, then connect again with it.',
        platform,
      );
    case 'revoked':
      return t(
        '{0} says that the key was switched off. Make a new one there, then connect again with it.',
        platform,
      );
    case 'not-allowed':
      return t(
        '{0} knows the key, but does not allow it this. Check there what the key may be used for.',
        platform,
      );
    case 'no-consent':
      return t('{0} may not be used by Sluice yet. Ask again, and allow it when VS Code asks you.', platform);
    case undefined:
      return t('{0} refused the key. Connect the platform again with a valid one.', platform);
  }
}

/** Codes of Node's TLS for a certificate that is not believed. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/;

export function networkWords(cause: string, platform: string): string {
  if (UNTRUSTED.test(cause)) {
    return t(
      '{0} was sent nothing: its certificate is not trusted ({1}). If a proxy of your company reads along, its certificate must be known to your system; else check the address.',
      platform,
      cause,
    );
  }
  if (cause === 'ECONNREFUSED') {
    return t(
      'Nothing answers at the address of {0} ({1}). Is it running, and is the address right?',
      platform,
      cause,
    );
  }
  if (cause === 'ENOTFOUND' || cause === 'EAI_AGAIN') {
    return t(
      'The address of {0} was not found ({1}). Check the network, and the address for a slip.',
      platform,
      cause,
    );
  }
  if (cause === 'UND_ERR_ABORTED') {
    return t(
      'A proxy refused the way to {0} ({1}). Check “http.proxy” in the settings, and its login.',
      platform,
      cause,
    );
  }
  return t(
    '{0} cannot be reached ({1}). Check the network and the address in the settings.',
    platform,
    cause,
  );
}
