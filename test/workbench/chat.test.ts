/** The Chat view with Sluice in it: signed out, without a network. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import type { Locator } from 'playwright-core';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { dashboard, meter, sectionText } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';

const answerTimeoutMs = 30_000;

suite('the Chat view', () => {
  let opened: OpenedSluice;
  const chat = (): Locator => opened.workbench.page.locator('.interactive-session').first();
  /** Types it where a person would; the suggestions that come up are closed before it is sent. */
  const say = async (text: string): Promise<void> => {
    const { page } = opened.workbench;
    await chat().locator('.chat-editor-container .monaco-editor').first().click();
    await page.keyboard.type(text);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
  };
  const answered = (pattern: RegExp): Promise<string> =>
    until({ what: `${pattern} in the chat`, timeoutMs: answerTimeoutMs }, async () => {
      const text = await chat().innerText();
      return pattern.test(text) ? text : undefined;
    });

  suiteSetup(async () => {
    const settings = {
      'chat.utilityModel': 'sluice/sluice-auto',
      'chat.utilitySmallModel': 'sluice/sluice-auto',
    };
    opened = await openPackagedSluice({ settings });
    await meter(opened.workbench);
    await opened.workbench.runCommand('Chat: Open Chat');
  });
  suiteTeardown(() => opened?.close());
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(opened.workbench, this.currentTest);
  });

  test('@sluice answers a question with its receipt, and says what is left of the limits', async () => {
    await say('@sluice what is a monad? ');
    await answered(/Simulated answer[\s\S]*\(simulated\) · \$/);

    await say('@sluice /quota ');
    await answered(/is left of the tightest limit[\s\S]*requests[\s\S]*Left: [\s\S]*tokens[\s\S]*Source: /);
  });

  test("once VS Code's own chat is turned on, Sluice Auto answers it, and its helpers are shown as such", async () => {
    const { workbench } = opened;
    await workbench.runCommand("Sluice: Enable VS Code's Chat");
    await workbench.page.getByRole('button', { name: 'Turn On' }).click();
    await workbench.page.getByRole('button', { name: 'Open Chat' }).first().click();

    await say('What does the word idempotent mean?');
    await answered(/idempotent mean\? A real model would answer it here/);

    const view = await dashboard(workbench, 'ready');
    const decisions = await until(
      { what: 'a helper among the decisions', timeoutMs: answerTimeoutMs },
      async () => {
        const text = await sectionText(view, 'decisions');
        return text.includes('VS Code helper') ? text : undefined;
      },
    );
    assert.match(decisions, /VS Code helper: (title of a chat|progress message)/);
  });
});
