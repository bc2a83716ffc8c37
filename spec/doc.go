// Package spec reads what the user wrote: YAML in, desired albums out.
//
//	Load     files -> Spec: the language alone, offline, every mistake with its place
//	Check    Spec  -> Errors: do the folders and files that it names exist
//	Resolve  Spec  -> Desired: which files and items each album means now
//
// Load refuses what is not right; nothing of a spec with a mistake is carried
// out. Resolve never fails because of a file or a folder: what can't be read now
// is a Problem of its album (Desired.Unavailable) or of one member
// (Member.Refused), because a failed read is not an empty one.
//
// Texts may name variables of the environment (environment.go). A share token is a
// Secret: it is in no message and no print, and in the generation as a hash.
//
// Nothing outside of a spec's own folder and its declared roots is ever read.
package spec
