import { render } from 'preact';
import { App } from './app.tsx';
import { startLive } from './live.ts';
import { needsLogin } from './requests.ts';
import { loadOverview, readBoot, takeDetail, takeOverview } from './store.ts';

const boot = readBoot();
if (boot.kind === 'login') needsLogin.value = true;
if (boot.kind === 'overview') takeOverview(boot.overview);
if (boot.kind === 'incident') takeDetail(boot.detail);

// The text that was readable before this script ran makes room for the page that shows the same and more.
const root = document.getElementById('app')!;
root.replaceChildren();
render(<App />, root);

if (boot.kind === 'overview') startLive(boot.overview.eventId);
else if (boot.kind !== 'login') void loadOverview().then(startLive);
