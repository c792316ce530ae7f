package web

// Kept is how a browser keeps what was ticked in a form and could not be sent.
type Kept struct {
	Of  string // the form, in this version of its content: another version asks something else
	Own bool   // a device of one's own; on one that others use it is kept with the tab
}
