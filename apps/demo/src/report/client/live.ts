/** A page that `codemap --watch` has given out loads itself anew when the server says that there is a new one. The browser keeps the place. */

export function followChanges(): void {
  new EventSource('/events').addEventListener('message', () => location.reload());
}
