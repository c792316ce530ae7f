// Package campaign holds no code. Its tests put the real program under what a
// machine, a disk and a crowd can do to it, over HTTP as people use it, and say
// what came of it. They take minutes and stand under the build tag "long";
// scripts/test -long runs them, and leaves out by name what the machine at hand
// cannot do.
//
//   - Killed at any moment, or at any of its writes, the program loses nothing
//     that it has acknowledged, keeps nothing by halves, and starts again. A
//     kill leaves the kernel's cache standing: that the disk was waited for is
//     beyond these tests.
//   - On a full disk new content is refused with a message that says why;
//     reading, logging out, ending the sharing and deleting everything go on.
//   - More clients than it serves, slow ones and silent ones, in 256 MB of
//     memory, get a refusal or a closed connection and never a wrong answer;
//     afterwards it answers as before.
//   - Codes that open nothing cannot be told apart by the time of the answer,
//     whatever they once opened.
//
// Every comparison has a control that plants what it must find.
package campaign
