/** A display language without its pack: VS Code's own texts stay English, `vscode.env.language` and extensions follow. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { profileIn } from './editorProfile.ts';

/** Makes `language` known to a code-server that will keep its data in `dataFolder`. */
export async function addLanguage(language: string, dataFolder: string): Promise<void> {
  const { userDataFolder } = profileIn(dataFolder);
  await mkdir(userDataFolder, { recursive: true });
  const vscode = join(userDataFolder, `${language}.json`);
  await writeFile(vscode, JSON.stringify({ version: '1.0.0', contents: {} }));
  const extensions = [{ extensionIdentifier: { id: `none.${language}` }, version: '1.0.0' }];
  const packs = { [language]: { hash: 'none', extensions, translations: { vscode }, label: language } };
  await writeFile(join(userDataFolder, 'languagepacks.json'), JSON.stringify(packs));
}
