/** One running VS Code for the browser, with nothing of its own before it and nothing left behind. Units: milliseconds. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCodeServer } from './codeServerInstall.ts';
import { defaultSettings, type Settings } from './editorSettings.ts';
import { cleanEnvironment, logFolder } from './paths.ts';
import { type ProcessGroup, run, startGroup } from './processes.ts';
import { aborted, Complaint } from './program.ts';
import { until } from './until.ts';

export interface CodeServerOptions {
  /** Names the log file in `.build/logs`. */
  readonly name: string;
  /** Folders with a package.json: used where they are, so that a rebuild and a reload show a change. */
  readonly extensionFolders?: readonly string[];
  /** Packages to install, as a user would. */
  readonly vsixFiles?: readonly string[];
  readonly settings?: Settings;
  /** Workspace trust is off unless this asks for it: then a fresh folder is not trusted. */
  readonly askForTrust?: boolean;
  /** Lets the address carry a development and a test path; hides notification toasts. */
  readonly testDriver?: boolean;
  /** Where settings, extensions and global storage live; a temporary folder, removed at the end, when absent. */
  readonly dataFolder?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface CodeServer {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly userDataFolder: string;
  readonly logFile: string;
  /** Resolves when the server ends without having been asked to; rejects when the signal is aborted. */
  ended(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const readyTimeoutMs = 60_000;
/** A closed port: the gallery is refused at once instead of being waited for. */
const noGallery = JSON.stringify({ serviceUrl: 'http://127.0.0.1:9/none' });

/** Resolves when it answers. `stop` ends every process of it and removes its temporary folder. */
export async function startCodeServer(options: CodeServerOptions, signal: AbortSignal): Promise<CodeServer> {
  const entry = await ensureCodeServer(signal);
  const data = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'sluice-')));
  const logFile = join(logFolder, `${options.name}.log`);
  await rm(logFile, { force: true });
  const launch: Launch = { entry, data, logFile, options };
  let group: ProcessGroup | undefined;
  const stop = async (): Promise<void> => {
    await group?.stop();
    if (options.dataFolder === undefined) await rm(data, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await prepare(launch, signal);
    group = startGroup(process.execPath, serverArguments(launch), { env: environment(launch), logFile });
    const origin = await listening(group, logFile, signal);
    const { exited } = group;
    const ended = (until: AbortSignal): Promise<void> =>
      Promise.race([exited.then(() => undefined), aborted(until)]);
    return { origin, userDataFolder: userData(data), logFile, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Launch {
  readonly entry: string;
  readonly data: string;
  readonly logFile: string;
  readonly options: CodeServerOptions;
}

async function prepare(launch: Launch, signal: AbortSignal): Promise<void> {
  const { data, options, logFile } = launch;
  const extensions = join(data, 'extensions');
  await mkdir(extensions, { recursive: true });
  await mkdir(join(userData(data), 'User'), { recursive: true });
  const settings = { ...defaultSettings, ...options.settings };
  await writeFile(join(userData(data), 'User/settings.json'), JSON.stringify(settings, null, 2));
  for (const folder of options.extensionFolders ?? []) await linkExtension(folder, extensions);
  for (const vsix of options.vsixFiles ?? []) {
    const args = [...serverArguments(launch), '--install-extension', vsix];
    const code = await run(process.execPath, args, { env: environment(launch), logFile }, signal);
    if (code !== 0) throw new Complaint(`${vsix} could not be installed; see ${logFile}.`);
  }
}

/** A link named as the editor names installed extensions is taken for one. */
async function linkExtension(folder: string, extensions: string): Promise<void> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { publisher, name, version } = manifest as Record<'publisher' | 'name' | 'version', unknown>;
  await symlink(folder, join(extensions, `${publisher}.${name}-${version}`), 'dir');
}

function serverArguments({ entry, data, options }: Launch): string[] {
  const flags = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
  if (options.askForTrust !== true) flags.push('--disable-workspace-trust');
  if (options.testDriver === true) flags.push('--vscode-option', 'enable-smoke-test-driver');
  return [
    entry,
    ...['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--config', join(data, 'config.yaml')],
    ...['--user-data-dir', userData(data), '--extensions-dir', join(data, 'extensions')],
    ...flags,
  ];
}

function environment({ options }: Launch): NodeJS.ProcessEnv {
  return cleanEnvironment({ EXTENSIONS_GALLERY: noGallery, ...options.env });
}

function userData(data: string): string {
  return join(data, 'user');
}

/** The port is the system's choice and is read from the log, so no other process can take it in between. */
async function listening(group: ProcessGroup, logFile: string, signal: AbortSignal): Promise<string> {
  const wait = { what: `code-server to listen (${logFile})`, timeoutMs: readyTimeoutMs };
  const origin = await until(
    wait,
    async () => {
      if (!group.running) throw new Complaint(`code-server ended at once; see ${logFile}.`);
      const log = await readFile(logFile, 'utf8').catch(() => '');
      return /HTTP server listening on (http:\/\/[\d.]+:\d+)/.exec(log)?.[1];
    },
    signal,
  );
  await until(
    wait,
    () =>
      fetch(`${origin}/healthz`, { signal }).then(
        (r) => r.ok,
        () => false,
      ),
    signal,
  );
  return origin;
}
