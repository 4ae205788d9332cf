/** The other end of `socket-round-trip`: sends back what it gets. */
import { readFrames, writeJson } from './frames.js';
import { connectToStarter } from './socket-peer.js';

const socket = connectToStarter();
readFrames(socket, (message) => writeJson(socket, JSON.parse(message.toString())));
