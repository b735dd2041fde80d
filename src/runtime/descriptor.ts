/**
 * The descriptor that a path names. Linux opens such a path anew, which fails for a socket (ENXIO), and Node, inetd and others give
 * their children sockets; for a file of another user (EACCES); and it begins a file that was read from before anew.
 */

const NAMED = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d{1,9})$/;

export function descriptorNamed(path: string): number | undefined {
  if (path === '/dev/stdin') return 0;
  const number = NAMED.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}
