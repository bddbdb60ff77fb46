/**
 * An extension that offers language models to VS Code, as Copilot does. It has none until a test gives it some through
 * what it exports: `offer(models)` with ids of their own, `answer` with how they answer, and `asked` with what they got.
 */
const vscode = require('vscode');

const changed = new vscode.EventEmitter();

const handle = {
  vscode,
  asked: [],
  models: [],
  /** Says `text` in two pieces; a test may put another function in its place. */
  answer: async (_asked, say) => {
    say('Said by a model ');
    say('of another extension.');
  },
  offer(models) {
    handle.models = models;
    changed.fire();
  },
};

const provider = {
  onDidChangeLanguageModelChatInformation: changed.event,
  provideLanguageModelChatInformation: () =>
    handle.models.map((model) => ({
      name: model.id,
      family: 'test',
      version: '1',
      maxInputTokens: 8_000,
      maxOutputTokens: 1_000,
      capabilities: {},
      ...model,
    })),
  async provideLanguageModelChatResponse(model, messages, _options, progress, token) {
    const text = messages
      .flatMap(({ content }) => content)
      .map((part) => (typeof part.value === 'string' ? part.value : ''))
      .join('\n');
    const asked = { model: model.id, text, token };
    handle.asked.push(asked);
    await handle.answer(asked, (piece) => progress.report(new vscode.LanguageModelTextPart(piece)));
  },
  provideTokenCount: async (_model, text) => Math.ceil(String(text).length / 4),
};

exports.activate = (context) => {
  context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider('sluice-test', provider));
  return handle;
};
