/** User settings of the editors that tests and `npm start` open. */
export type Settings = Readonly<Record<string, unknown>>;

export type Theme = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

interface ThemeFacts {
  /** What the picker calls it. */
  readonly label: string;
  /** The class on the workbench. */
  readonly marker: string;
  /** The class on the body of every webview. */
  readonly webviewMarker: string;
}

export const themes: Readonly<Record<Theme, ThemeFacts>> = {
  dark: { label: 'Dark Modern', marker: 'vs-dark', webviewMarker: 'vscode-dark' },
  light: { label: 'Light Modern', marker: 'vs', webviewMarker: 'vscode-light' },
  highContrast: { label: 'Dark High Contrast', marker: 'hc-black', webviewMarker: 'vscode-high-contrast' },
  highContrastLight: {
    label: 'Light High Contrast',
    marker: 'hc-light',
    webviewMarker: 'vscode-high-contrast-light',
  },
};

/**
 * Nothing that greets, updates, reports, saves or tries something out behind the back of a test; and a list that a test
 * has opened stays, though an editor that is still opening may take the focus from it.
 */
export const defaultSettings: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.quickOpen.closeOnFocusLost': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark Modern',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'sluice.routing.explorePercent': 0,
};
