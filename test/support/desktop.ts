/** Desktop VS Code, if this machine has one and a screen to show it on. It is never downloaded. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { onPath } from './paths.ts';
import { Complaint } from './program.ts';

/** The editor itself, not its command-line launcher; `SLUICE_VSCODE` names one, `none` asks for the browser. */
export function desktopExecutable(): string | undefined {
  const chosen = process.env.SLUICE_VSCODE;
  if (chosen === 'none' || !hasDisplay()) return undefined;
  if (chosen && !existsSync(chosen))
    throw new Complaint(`SLUICE_VSCODE names ${chosen}, which is not there.`);
  const found = chosen || onPath('code', 'code-insiders');
  return found === undefined ? undefined : behindLauncher(found);
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * The launcher lies in a `bin` folder of the editor's: beside the executable on Linux and Windows, in
 * `Contents/Resources/app/bin` on macOS. It returns at once, so a test run needs the executable. The `code` in
 * a remote terminal has none, and is no desktop editor.
 */
function behindLauncher(path: string): string | undefined {
  const real = realpathSync(path);
  const bin = dirname(real);
  if (basename(bin) !== 'bin') return real;
  const contents = join(bin, '../../..');
  const candidates = ['code', 'code-insiders', 'Code.exe', 'Code - Insiders.exe'].map((name) =>
    join(bin, '..', name),
  );
  const mac = ['MacOS/Electron', 'MacOS/Code'].map((name) => join(contents, name));
  return [...candidates, ...mac].find((candidate) => existsSync(candidate));
}
