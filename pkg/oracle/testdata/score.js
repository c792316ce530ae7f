// Reads a list of {questionnaire, expression, response} and prints what the
// expression comes to in each.
const fhirpath = require("fhirpath");
const r4 = require("fhirpath/fhir-context/r4");

const list = JSON.parse(require("fs").readFileSync(0, "utf8"));
const compiled = {};
const scores = list.map(({questionnaire, expression, response}) => {
	compiled[expression] ??= fhirpath.compile(expression, r4);
	return compiled[expression](response, {questionnaire})[0];
});
process.stdout.write(JSON.stringify(scores));
