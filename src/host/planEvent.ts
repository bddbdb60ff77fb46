/** `Sluice: Plan an Event…`: asks what is planned and when, and adds it to the setting. */
import * as vscode from 'vscode';
import {
  isDay,
  LONGEST_NAME,
  minuteOf,
  parsePlannedEvents,
  USUAL_WEIGHT,
  WEEKDAYS,
} from '../quota/plannedEvents.ts';
import type { SettingsWatcher } from './settingsWatcher.ts';

const t = vscode.l10n.t;

/** A row of `sluice.quota.events` as it stands in the settings. */
export interface EventRow {
  readonly name: string;
  readonly day: string;
  readonly from: string;
  readonly to: string;
  readonly weight: number;
}

/** Resolves with the row that was added. `given` comes from another command; without it the person is asked. */
export async function planEvent(
  settings: Pick<SettingsWatcher, 'append'>,
  given: unknown,
): Promise<EventRow | undefined> {
  const isUsable = (parsePlannedEvents([given])?.events.length ?? 0) > 0;
  const row = isUsable ? (given as EventRow) : await askRow();
  if (row === undefined) return undefined;
  await settings.append('quota.events', row);
  void told(row);
  return row;
}

async function askRow(): Promise<EventRow | undefined> {
  const title = t('Plan an Event');
  const name = await vscode.window.showInputBox({
    title,
    prompt: t(
      'What is planned? Sluice expects more (or less) use while it lasts, and warns and routes earlier.',
    ),
    placeHolder: t('Release'),
    validateInput: (text) =>
      text.trim() !== '' && text.length <= LONGEST_NAME ? undefined : t('A short name is needed.'),
  });
  if (name === undefined) return undefined;
  const day = await askDay(title);
  if (day === undefined) return undefined;
  const from = await askTime(title, t('From when? Local time, such as 14:00'), '09:00');
  if (from === undefined) return undefined;
  const to = await askTime(
    title,
    t('Until when? A time that is not after the first one is on the next day.'),
    '17:00',
  );
  if (to === undefined) return undefined;
  const weight = await askWeight(title);
  return weight === undefined ? undefined : { name: name.trim(), day, from, to, weight };
}

async function askDay(title: string): Promise<string | undefined> {
  const names: Readonly<Record<(typeof WEEKDAYS)[number], string>> = {
    sunday: t('Every Sunday'),
    monday: t('Every Monday'),
    tuesday: t('Every Tuesday'),
    wednesday: t('Every Wednesday'),
    thursday: t('Every Thursday'),
    friday: t('Every Friday'),
    saturday: t('Every Saturday'),
  };
  const [sunday, ...others] = WEEKDAYS;
  const days = [...others, sunday].map((day) => ({ label: names[day], value: day }));
  const date = { label: t('On one date…'), value: '' };
  const picked = await vscode.window.showQuickPick([date, ...days], {
    title,
    placeHolder: t('On which day?'),
  });
  if (picked === undefined || picked.value !== '') return picked?.value;
  return vscode.window.showInputBox({
    title,
    prompt: t('On which date? Year, month and day, such as 2027-03-31'),
    validateInput: (text) =>
      isDay(text.trim()) ? undefined : t('A date such as 2027-03-31, or an English weekday, is needed.'),
  });
}

function askTime(title: string, prompt: string, value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt,
    value,
    validateInput: (text) =>
      minuteOf(text) === undefined ? t('A time such as 14:00 is needed.') : undefined,
  });
}

async function askWeight(title: string): Promise<number | undefined> {
  const items = [
    { label: t('Twice the usual use'), value: USUAL_WEIGHT },
    { label: t('Half as much again'), value: 1.5 },
    { label: t('Three times the usual use'), value: 3 },
    { label: t('Five times the usual use'), value: 5 },
    { label: t('Half the usual use'), value: 0.5 },
    { label: t('No use at all'), value: 0 },
  ];
  const placeHolder = t('How much use do you expect?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.value;
}

async function told({ name }: EventRow): Promise<void> {
  const open = t('Open Settings');
  const picked = await vscode.window.showInformationMessage(t('“{0}” is planned.', name), open);
  if (picked === open)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'sluice.quota.events');
}
