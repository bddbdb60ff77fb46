/** Another extension: the models that it selects are asked in its name, not in that of the test. */
const vscode = require('vscode');

exports.activate = () => ({
  select: (selector) => vscode.lm.selectChatModels(selector),
});
