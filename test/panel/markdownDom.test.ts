import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Child, textOf, type VNode } from '../../src/panel/dom.ts';
import { markdownTree } from '../../src/panel/markdownDom.ts';
import { Words } from '../../src/panel/words.ts';

const words = new Words({ image: '[image: {0}]' }, 'en');

function nodes(children: readonly Child[]): VNode[] {
  return children.flatMap((child) => (typeof child === 'string' ? [] : [child, ...nodes(child.children)]));
}

function all(markdown: string): VNode[] {
  return nodes(markdownTree(markdown, words));
}

function tags(markdown: string): string[] {
  return all(markdown).map(({ tag }) => tag);
}

suite('panel/markdownDom', () => {
  test('the usual blocks become their elements', () => {
    assert.deepEqual(tags('# One\n\ntext **b** *i* ~~s~~ `c`'), ['h3', 'p', 'strong', 'em', 's', 'code']);
    assert.deepEqual(tags('- a\n- b'), ['ul', 'li', 'li']);
    assert.deepEqual(tags('> q\n\n---'), ['blockquote', 'p', 'hr']);
  });

  test('headings stand under the h2 of the answer, and none skips a level', () => {
    assert.deepEqual(tags('###### Six'), ['h3']);
    assert.deepEqual(tags('## a\n\n## b\n\n#### c\n\n# d\n\n## e'), ['h3', 'h3', 'h4', 'h3', 'h4']);
    assert.deepEqual(tags('# a\n## b\n### c\n#### d\n##### e\n###### f').at(-1), 'h6');
  });

  test('an ordered list keeps its first number, and a table its alignment without a style', () => {
    const [list] = all('4. four\n5. five');
    const cells = all('| a | b |\n|:-:|--:|\n| 1 | 2 |').filter(({ tag }) => tag === 'td');

    assert.equal(list?.attrs.start, '4');
    assert.deepEqual(
      cells.map(({ attrs }) => attrs.class),
      ['align-center', 'align-right'],
    );
    assert.ok(!all('| a |\n|:-:|\n| 1 |').some(({ attrs }) => 'style' in attrs));
  });

  test('a code block keeps its text to the letter, closed or not', () => {
    const code = '<b>\n\tx = "&amp;"\n';
    const open = all(`\`\`\`ts\n${code}`).find(({ tag }) => tag === 'pre');
    const closed = all(`\`\`\`ts\n${code}\`\`\``).find(({ tag }) => tag === 'pre');

    assert.equal(open && textOf(open), '<b>\n\tx = "&amp;"');
    assert.equal(closed && textOf(closed), '<b>\n\tx = "&amp;"');
  });

  test('HTML stays text', () => {
    const markdown = '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> and <b onclick="x">b</b>';
    const tree = markdownTree(markdown, words);

    assert.deepEqual(tags(markdown), ['p', 'p']);
    assert.match(textOf(tree), /<script>alert\(1\)<\/script>/);
    assert.match(textOf(tree), /<img src=x onerror=alert\(1\)>/);
  });

  test('only http and https are links; the words of any other link stay', () => {
    const hostile = [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'command:workbench.action.quit',
      'vbscript:x',
      'file:///etc/passwd',
      'data:text/html,x',
      'vscode://x',
      '//example.com',
      '../a.ts',
      'javascript&colon;alert(1)',
      '&#106;avascript:alert(1)',
    ];
    for (const address of hostile) {
      const tree = markdownTree(`[words](<${address}>)`, words);
      assert.ok(!nodes(tree).some(({ tag }) => tag === 'a'), address);
      assert.equal(textOf(tree), 'words');
    }
    assert.equal(
      all('[a](https://example.com/x)').find(({ tag }) => tag === 'a')?.attrs.href,
      'https://example.com/x',
    );
    assert.ok(!tags('<command:workbench.action.quit>').includes('a'));
  });

  test('a picture is its description and loads nothing', () => {
    const tree = markdownTree('![a *red* fox](https://example.com/fox.png "t")', words);

    assert.equal(textOf(tree), '[image: a red fox]');
    assert.ok(!nodes(tree).some(({ attrs }) => 'src' in attrs));
  });

  test('text that grows letter by letter never fails and ends as if it came at once', () => {
    const whole = 'a\n\n```js\nlet x\n```\n\n| a |\n|---|\n| [l](http://x) |\n\n1. *b*';
    for (let end = 0; end <= whole.length; end++) markdownTree(whole.slice(0, end), words);

    assert.deepEqual(tags(''), []);
  });
});
