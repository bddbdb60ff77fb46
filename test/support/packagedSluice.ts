/** Sluice as a user has it: the package installed into an editor that never saw the sources, with the sample open. */
import { packageForTests } from './buildExtension.ts';
import { type CodeServerOptions, startCodeServer } from './codeServer.ts';
import { copySample } from './sampleWorkspace.ts';
import { Workbench, type WorkbenchOptions } from './workbench.ts';

export interface OpenedSluice {
  readonly workbench: Workbench;
  /** The copy of the sample that is open. */
  readonly folder: string;
  close(): Promise<void>;
}

export interface OpenOptions
  extends Omit<CodeServerOptions, 'name' | 'vsixFiles'>,
    Omit<WorkbenchOptions, 'folder'> {
  /** A chance to change the copy of the sample before it is opened. */
  readonly prepare?: (folder: string) => Promise<void> | void;
}

/** A failed test closes what it opened in its teardown; nothing of it is seen by the next one. */
export async function openPackagedSluice(
  options: OpenOptions = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<OpenedSluice> {
  const vsixFiles = [await packageForTests(signal)];
  const sample = await copySample();
  await options.prepare?.(sample.folder);
  const server = await startCodeServer({ ...options, name: 'workbench', vsixFiles }, signal);
  const end = async (): Promise<void> => {
    await server.stop();
    await sample.remove();
  };
  try {
    const workbench = await Workbench.open(server, { ...options, folder: sample.folder }, signal);
    const close = async (): Promise<void> => {
      await workbench.close();
      await end();
    };
    return { workbench, folder: sample.folder, close };
  } catch (error) {
    await end();
    throw error;
  }
}
