/** TypeDoc reports missing exports of `project.packageName` only, so validate as each package. */
export function load(app) {
  let nested = false;
  app.on("validateProject", (project) => {
    if (nested) return;
    nested = true;
    for (const name of app.options.getValue("packagesRequiringDocumentation")) {
      project.packageName = name;
      app.validate(project);
    }
    project.packageName = undefined;
  });
}
