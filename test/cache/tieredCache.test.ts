import { cacheLaws } from './cacheLaws.ts';

cacheLaws({ name: 'in memory', sequences: 100, open: undefined });
