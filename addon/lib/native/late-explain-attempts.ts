// Needed where no binary could be loaded.

export { explainAttempts } from './explain-attempts.ts';
