/**
 * The result of the work if it is there in time.
 * @param until by `performance.now()`
 * @param late the error at the deadline
 * @param drop gets a result that comes later
 */
export function before<T>(until: number, work: Promise<T>, late: () => Error, drop: (result: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      reject(late());
    }, until - performance.now());
    work.then((result) => (isLate ? drop(result) : resolve(result)), reject).finally(() => clearTimeout(deadline));
  });
}
