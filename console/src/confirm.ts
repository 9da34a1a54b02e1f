// The words an operator types before a warning or its retraction goes out.
import type { Mode, Warning } from './types';

type What = 'issue' | 'cancel' | 'all_clear';

const VERB: Record<What, string> = { issue: '', cancel: ' CANCEL', all_clear: ' ALL CLEAR' };

/** The server's own words where it gives them; otherwise mode, what is done, and the area. */
export function confirmation(warning: Warning, what: What, mode: Mode): string {
  return warning.confirm?.[what] ?? `${mode.toUpperCase()}${VERB[what]} ${warning.draft?.area_words ?? ''}`.trim();
}
