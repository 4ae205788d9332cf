import DefaultTheme from 'vitepress/theme-without-fonts';
import Workers from './Workers.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Workers', Workers);
  },
};
