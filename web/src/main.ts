import 'vant/es/style/base.css'
import 'vant/es/loading/index.css'
import 'vant/es/button/index.css'
import './style/base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { watchKeyboard } from './chat/keyboard.ts'
import { router } from './router.ts'

watchKeyboard()
createApp(App).use(router).mount('#app')
