// Package attack holds no code. Its tests are the proof of what the other
// packages promise: they build a small world through the domain's own
// functions, in real files, let a night pass, with its sweep and compaction, and
// then hand those files to thieves.
//
//   - A has the database. It learns how many records there are, their padded
//     sizes and days.
//   - B has the server's key files too. It learns professionals' names and
//     profiles and the days of grants; no registration, no access code, and not
//     which reference is which account.
//   - C has an access code besides. It learns that account and no other.
//   - D has a professional's password besides. It learns what is shared with
//     that business now, and nothing that was never shared or was withdrawn.
//   - H holds an issued code that its user kept, and learns that whole account.
//
// A thief does not follow the rules of our functions: it takes every record
// apart, tries every key it holds on every sealed field, adds the keys it finds
// inside, and goes on until nothing opens any more. Everything read is then
// searched for sentinels. Each search has a control: a fault that was planted
// on purpose and must be found by the same searcher.
package attack
