/** The file or folder that a service was given: looked at before anything is bound. */
import { type Opened, openToRead, realFolder } from '../../sys/files.ts';
import { errnoNumber } from '../../sys/platform.ts';
import type { Door } from '../door.ts';
import { socketError } from '../errors.ts';
import type { World } from './world.ts';

/** It is not what the service takes. The message says which option, and why. */
export class Unsuitable extends Error {
  override readonly name = 'Unsuitable';
}

/** The file's path, once it has been seen to be one. @throws Unsuitable */
export function givenFile({ door, file }: World): string {
  if (file === null) throw new Unsuitable('--file PATH is needed');
  const found = openToRead(file);
  if (typeof found === 'number') throw refused(door, '--file', file, found);
  door.sys.close(found.fd);
  if (found.kind === 'folder') throw new Unsuitable(`--file ${file}: it is a folder`);
  // A FIFO or a device can be read once, and each client is to get all of it.
  if (found.kind === 'other') throw new Unsuitable(`--file ${file}: it is no regular file`);
  return file;
}

/** The folder's path without links. @throws Unsuitable */
export function givenFolder({ door, dir }: World): string {
  if (dir === null) throw new Unsuitable('--dir PATH is needed');
  const real = realFolder(dir);
  if (typeof real === 'number') throw refused(door, '--dir', dir, real);
  return real;
}

/** Opens a file for one client. @throws SocketError where it is no longer a file that can be read */
export function openedFile(door: Door, path: string): Opened {
  const where = { local: path };
  const found = openToRead(path);
  if (typeof found === 'number') throw socketError(door.sys, 'open', found, where);
  if (found.kind === 'file') return found;
  door.sys.close(found.fd);
  const errno = errnoNumber(found.kind === 'folder' ? 'EISDIR' : 'EINVAL');
  throw socketError(door.sys, 'open', -errno, where);
}

function refused({ sys }: Door, option: string, path: string, result: number): Unsuitable {
  return new Unsuitable(`${option} ${path}: ${sys.strerror(-result)}`);
}
