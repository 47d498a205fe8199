import { useState } from 'preact/hooks';
import { needsLogin, postJson } from './requests.ts';

/** Asks for the token once; the browser then holds a cookie, never the token. */
export function Login() {
  const [problem, setProblem] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
    const reply = await postJson<void>('/api/session', { token });
    if (!reply.ok) return setProblem(reply.message);
    needsLogin.value = false;
    window.location.reload();
  };
  return (
    <section class="login">
      <h1>Foreshock</h1>
      <form onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>Token</span>
          <input type="password" name="token" autoComplete="current-password" required />
        </label>
        <button type="submit" class="primary">
          Log in
        </button>
        <p role="alert">{problem}</p>
      </form>
    </section>
  );
}
