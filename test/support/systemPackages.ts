/** Programs and headers that npm does not bring: found, installed by apt-get where that is allowed, or named. */
import { existsSync } from 'node:fs';
import { onPath } from './paths.ts';
import { run } from './processes.ts';
import { Complaint } from './program.ts';

export interface SystemNeed {
  /** Why, for the person who must install it. */
  readonly purpose: string;
  readonly debianPackages: readonly string[];
  present(): boolean;
}

export const chromiumNeed: SystemNeed = {
  purpose: 'a browser for the workbench',
  debianPackages: ['chromium-headless-shell', 'fonts-liberation'],
  present: () => findChromium() !== undefined,
};

export const redisNeed: SystemNeed = {
  purpose: 'a Redis server for the limits of a team',
  debianPackages: ['redis-server'],
  present: () => onPath('redis-server') !== undefined,
};

/** Native parts of code-server are compiled on the machine. */
export const compilerNeeds: readonly SystemNeed[] = [
  {
    purpose: 'compiling native parts',
    debianPackages: ['build-essential', 'python3'],
    present: () => ['g++', 'make', 'python3'].every((name) => onPath(name) !== undefined),
  },
  {
    purpose: 'Kerberos headers, which one of them includes',
    debianPackages: ['libkrb5-dev'],
    present: () => process.platform !== 'linux' || existsSync('/usr/include/gssapi/gssapi.h'),
  },
];

const macChromes = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * `SLUICE_CHROMIUM` first, then PATH, then where macOS keeps applications. The shell is the same browser without
 * windows of its own, which cost more to draw than a page of ours: half of the time of the webviews' tests.
 */
export function findChromium(): string | undefined {
  const chosen = process.env.SLUICE_CHROMIUM;
  if (chosen) return chosen;
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];
  return onPath(...names, 'google-chrome-stable', 'chrome') ?? macChromes.find((path) => existsSync(path));
}

/** Throws a complaint that says what to install when it may not install it itself. */
export async function ensureSystem(needs: readonly SystemNeed[], signal: AbortSignal): Promise<void> {
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0) return;
  const packages = missing.flatMap((need) => need.debianPackages);
  const purposes = missing.map((need) => need.purpose).join('; ');
  if (onPath('apt-get') === undefined || process.getuid?.() !== 0) {
    throw new Complaint(
      `Missing: ${purposes}.\nOn Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}\n` +
        'Elsewhere install what these packages are called there; SLUICE_CHROMIUM may name a browser.',
    );
  }
  console.log(`Installing ${packages.join(' ')} (${purposes}) …`);
  await aptInstall(packages, signal);
  const still = missing.filter((need) => !need.present());
  if (still.length > 0) throw new Complaint(`apt-get passed, but these are still missing: ${purposes}.`);
}

async function aptInstall(packages: readonly string[], signal: AbortSignal): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  await run('apt-get', [...quiet, 'update'], options, signal);
  const install = [...quiet, 'install', '-y', '--no-install-recommends', ...packages];
  const code = await run('apt-get', install, options, signal);
  if (code !== 0)
    throw new Complaint(`apt-get could not install ${packages.join(' ')}; its messages are above.`);
}
