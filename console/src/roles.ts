// What each role may do, in words.

export const ROLES = [
  ['author', 'decides on incidents and drafts warnings'],
  ['approver', 'checks and approves what another person drafted'],
  ['officer', 'issues, updates and retracts approved warnings'],
  ['admin', 'keeps accounts and configuration'],
] as const;
