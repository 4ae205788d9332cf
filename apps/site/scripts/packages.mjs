/** TypeDoc plugin: modules are called as the packages that they are, and members whose names are symbols of ours or of Node stay out. */
import { Converter, ReflectionKind } from 'typedoc';

const OF_EVERYBODY = ['[iterator]', '[asyncIterator]', '[dispose]', '[asyncDispose]'];

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const folder = module.name.split('/')[0];
      module.name = folder === 'manycore' ? folder : `@manycore/${folder}`;
    }
    for (const member of project.getReflectionsByKind(ReflectionKind.ClassOrInterface | ReflectionKind.ClassMember)) {
      if (member.name.startsWith('[') && !OF_EVERYBODY.includes(member.name)) project.removeReflection(member);
    }
  });
}
