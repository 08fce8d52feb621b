/* SPDX-License-Identifier: MIT */
/* Error numbers: Linux's, returned negative in EAX (handouts/abi.md). */
#ifndef PUBLIC_ERRNO_H
#define PUBLIC_ERRNO_H

#define EPERM  1
#define ENOENT 2
#define ESRCH  3
#define EIO    5
#define E2BIG  7
#define EAGAIN 11
#define ENOMEM 12
#define EFAULT 14
#define EBUSY  16
#define EEXIST 17
#define EINVAL 22
#define ENOSPC 28
#define ENOSYS 38

#endif
