/** Plausible values of the variables and body classes that a webview gets from VS Code's light, dark and high-contrast themes. */

export interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const FONTS = {
  'font-family': '"Segoe UI", "Liberation Sans", sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
  'editor-font-family': '"DejaVu Sans Mono", monospace',
  'editor-font-size': '13px',
};

const dark: Theme = {
  bodyClass: 'vscode-dark',
  variables: {
    ...FONTS,
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    errorForeground: '#f85149',
    focusBorder: '#0078d4',
    'widget-border': '#313131',
    'sideBar-background': '#181818',
    'sideBar-foreground': '#cccccc',
    'sideBarSectionHeader-border': '#2b2b2b',
    'editor-background': '#1f1f1f',
    'editor-foreground': '#cccccc',
    'editorWarning-foreground': '#cca700',
    'badge-background': '#616161',
    'badge-foreground': '#f8f8f8',
    'button-background': '#0078d4',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#026ec1',
    'button-border': 'rgba(255, 255, 255, 0.07)',
    'button-secondaryBackground': '#313131',
    'button-secondaryForeground': '#cccccc',
    'button-secondaryHoverBackground': '#3c3c3c',
    'progressBar-background': '#0078d4',
    'list-hoverBackground': '#2a2d2e',
    'textLink-foreground': '#4daafc',
    'textLink-activeForeground': '#4daafc',
    'textPreformat-foreground': '#d0d0d0',
    'textPreformat-background': '#3c3c3c',
    'textCodeBlock-background': '#2b2b2b',
    'textBlockQuote-background': '#2b2b2b',
    'textBlockQuote-border': '#616161',
    'textSeparator-foreground': '#21262d',
    'charts-blue': '#59a4f9',
    'charts-orange': '#d18616',
    'charts-red': '#f85149',
    'charts-green': '#89d185',
    'inputValidation-infoBackground': '#063b49',
    'inputValidation-infoBorder': '#007acc',
    'inputValidation-warningBackground': '#352a05',
    'inputValidation-warningBorder': '#b89500',
    'inputValidation-errorBackground': '#5a1d1d',
    'inputValidation-errorBorder': '#be1100',
  },
};

const light: Theme = {
  bodyClass: 'vscode-light',
  variables: {
    ...FONTS,
    foreground: '#3b3b3b',
    descriptionForeground: '#616161',
    errorForeground: '#c72e0f',
    focusBorder: '#005fb8',
    'widget-border': '#e5e5e5',
    'sideBar-background': '#f8f8f8',
    'sideBar-foreground': '#3b3b3b',
    'sideBarSectionHeader-border': '#e5e5e5',
    'editor-background': '#ffffff',
    'editor-foreground': '#3b3b3b',
    'editorWarning-foreground': '#bf8803',
    'badge-background': '#cccccc',
    'badge-foreground': '#3b3b3b',
    'button-background': '#005fb8',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#0258a8',
    'button-border': 'rgba(0, 0, 0, 0.1)',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryForeground': '#3b3b3b',
    'button-secondaryHoverBackground': '#cccccc',
    'progressBar-background': '#005fb8',
    'list-hoverBackground': '#f2f2f2',
    'textLink-foreground': '#005fb8',
    'textLink-activeForeground': '#005fb8',
    'textPreformat-foreground': '#3b3b3b',
    'textPreformat-background': 'rgba(0, 0, 0, 0.12)',
    'textCodeBlock-background': '#f8f8f8',
    'textBlockQuote-background': '#f8f8f8',
    'textBlockQuote-border': '#e5e5e5',
    'textSeparator-foreground': '#21262d',
    'charts-blue': '#1a85ff',
    'charts-orange': '#d18616',
    'charts-red': '#e51400',
    'charts-green': '#388a34',
    'inputValidation-infoBackground': '#d6ecf2',
    'inputValidation-infoBorder': '#007acc',
    'inputValidation-warningBackground': '#f6f5d2',
    'inputValidation-warningBorder': '#b89500',
    'inputValidation-errorBackground': '#f2dede',
    'inputValidation-errorBorder': '#be1100',
  },
};

const highContrast: Theme = {
  bodyClass: 'vscode-high-contrast',
  variables: {
    ...FONTS,
    foreground: '#ffffff',
    descriptionForeground: 'rgba(255, 255, 255, 0.7)',
    errorForeground: '#f48771',
    focusBorder: '#f38518',
    contrastBorder: '#6fc3df',
    contrastActiveBorder: '#f38518',
    'widget-border': '#6fc3df',
    'sideBar-background': '#000000',
    'sideBar-foreground': '#ffffff',
    'sideBarSectionHeader-border': '#6fc3df',
    'editor-background': '#000000',
    'editor-foreground': '#ffffff',
    'editorWarning-foreground': '#ffd370',
    'badge-background': '#000000',
    'badge-foreground': '#ffffff',
    'button-background': 'transparent',
    'button-foreground': '#ffffff',
    'button-border': '#6fc3df',
    'button-secondaryForeground': '#ffffff',
    'progressBar-background': '#6fc3df',
    'textLink-foreground': '#21a6ff',
    'textLink-activeForeground': '#21a6ff',
    'textPreformat-foreground': '#000000',
    'textPreformat-background': '#ffffff',
    'textCodeBlock-background': '#000000',
    'textBlockQuote-border': '#ffffff',
    'textSeparator-foreground': '#000000',
    'charts-blue': '#59a4f9',
    'charts-orange': '#ab5a00',
    'charts-red': '#f48771',
    'charts-green': '#89d185',
    'inputValidation-infoBackground': '#000000',
    'inputValidation-infoBorder': '#6fc3df',
    'inputValidation-warningBackground': '#000000',
    'inputValidation-warningBorder': '#6fc3df',
    'inputValidation-errorBackground': '#000000',
    'inputValidation-errorBorder': '#6fc3df',
  },
};

export const THEMES = { light, dark, highContrast } as const;

export type ThemeName = keyof typeof THEMES;

/** The variables and what VS Code puts into each webview before the extension's own styles. */
export function themeCss(name: ThemeName, background: 'sideBar' | 'editor'): string {
  const variables = Object.entries(THEMES[name].variables);
  return `
    :root { ${variables.map(([key, value]) => `--vscode-${key}: ${value};`).join(' ')} }
    html { background: var(--vscode-${background}-background); }
    @layer vscode-default {
      body { padding: 0 20px; color: var(--vscode-editor-foreground); font-size: var(--vscode-font-size); }
      code { color: var(--vscode-textPreformat-foreground); background: var(--vscode-textPreformat-background); }
      a { color: var(--vscode-textLink-foreground); }
    }`;
}
