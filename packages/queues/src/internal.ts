/** For the packages of this project only: no promise is made to anybody else. */
export { Link } from './pipe/link.js';
export type { Received } from './pipe/direction.js';
