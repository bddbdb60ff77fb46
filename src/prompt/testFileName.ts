/** How a file of tests is usually named, by the file that it tests. */

const BESIDE: Readonly<Record<string, (stem: string) => string>> = {
  py: (stem) => `test_${stem}.py`,
  go: (stem) => `${stem}_test.go`,
  rb: (stem) => `${stem}_spec.rb`,
  java: (stem) => `${stem}Test.java`,
  kt: (stem) => `${stem}Test.kt`,
  cs: (stem) => `${stem}Tests.cs`,
  php: (stem) => `${stem}Test.php`,
  dart: (stem) => `${stem}_test.dart`,
  ex: (stem) => `${stem}_test.exs`,
};

/** `cart.ts` → `cart.test.ts`, `stock.py` → `test_stock.py`; a name without an ending gets none. */
export function testFileName(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  if (dot <= 0) return `${fileName}.test`;
  const [stem, ending] = [fileName.slice(0, dot), fileName.slice(dot + 1)];
  return BESIDE[ending]?.(stem) ?? `${stem}.test.${ending}`;
}
