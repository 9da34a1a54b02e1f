// The console's pages and their addresses; the only file that touches the browser's history.

export type Page = 'sign-in' | 'set-up' | 'incidents' | 'incident' | 'story' | 'warning' | 'alerts' | 'sources' | 'journal' | 'check' | 'lost';

export interface Route {
  page: Page;
  incident: string;
  warning: string;
}

class Router {
  route = $state<Route>(parse(location.pathname));

  constructor() {
    window.addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  go(path: string, replace = false): void {
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.#read();
    window.scrollTo(0, 0);
  }

  #read(): void {
    this.route = parse(location.pathname);
  }

  /** Links to our own pages change the page without loading the console again. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin || link.hash) return;
    if (parse(link.pathname).page === 'lost') return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const router = new Router();

export const paths = {
  incidents: '/',
  alerts: '/alerts',
  sources: '/sources',
  journal: '/journal',
  check: '/check',
  signIn: '/sign-in',
  setUp: '/set-up',
  incident: (id: string) => `/incidents/${encodeURIComponent(id)}`,
  story: (id: string) => `/incidents/${encodeURIComponent(id)}/story`,
  warning: (incident: string, id: string) => `/incidents/${encodeURIComponent(incident)}/warnings/${encodeURIComponent(id)}`,
};

function parse(path: string): Route {
  const parts = path.split('/').filter(Boolean).map(decode);
  const [first, id = '', sub, warning = ''] = parts;
  const route = (page: Page): Route => ({ page, incident: id, warning });
  if (!first || (first === 'incidents' && !id)) return route('incidents');
  if (parts.length === 1 && (first === 'sign-in' || first === 'set-up' || first === 'alerts' || first === 'sources' || first === 'journal' || first === 'check')) return route(first);
  if (first === 'incidents' && !sub) return route('incident');
  if (first === 'incidents' && sub === 'story' && !warning) return route('story');
  if (first === 'incidents' && sub === 'warnings' && warning) return route('warning');
  return route('lost');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
