/** The folders in which an editor keeps settings, extensions and storage; the same for desktop and code-server. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultSettings, type Settings } from './editorSettings.ts';

export interface EditorProfile {
  readonly userDataFolder: string;
  readonly extensionsFolder: string;
}

export interface ProfileContents {
  /** Folders with a package.json: used where they are, so that a rebuild and a reload show a change. */
  readonly extensionFolders?: readonly string[];
  /** Added to the defaults; a profile that has settings keeps its own. */
  readonly settings?: Settings;
}

export function profileIn(folder: string): EditorProfile {
  return { userDataFolder: join(folder, 'user'), extensionsFolder: join(folder, 'extensions') };
}

export async function prepareProfile(profile: EditorProfile, contents: ProfileContents): Promise<void> {
  const settingsFile = join(profile.userDataFolder, 'User/settings.json');
  await mkdir(join(profile.userDataFolder, 'User'), { recursive: true });
  await mkdir(profile.extensionsFolder, { recursive: true });
  const kept = await readFile(settingsFile, 'utf8').catch(() => undefined);
  const settings = { ...defaultSettings, ...contents.settings };
  if (kept === undefined) await writeFile(settingsFile, JSON.stringify(settings, null, 2));
  for (const folder of contents.extensionFolders ?? []) await linkExtension(folder, profile.extensionsFolder);
}

/** A link that is named as the editor names installed extensions is taken for one. */
async function linkExtension(folder: string, extensionsFolder: string): Promise<void> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { publisher, name, version } = manifest as Record<'publisher' | 'name' | 'version', unknown>;
  const link = join(extensionsFolder, `${publisher}.${name}-${version}`);
  await rm(link, { force: true });
  await symlink(folder, link, 'dir');
}
